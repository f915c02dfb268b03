import type { MetricsDocument } from "../../schema/metrics.js";
import { Chart } from "../parts/chart.js";
import { Fault, Loading, useLoad } from "../parts/load.js";
import { Link, place, setQuery } from "../router.js";
import { megabytes, percent, span } from "../text.js";

const DAY_MS = 24 * 60 * 60 * 1_000;

export function Metrics() {
  const days = Number(place.value.query.get("days") ?? 30);
  // To the minute, so that it is not another question at every drawing.
  const since = new Date(Math.floor((Date.now() - days * DAY_MS) / 60_000) * 60_000).toISOString();
  const { value, fault } = useLoad<MetricsDocument>(`/metrics/summary?since=${since}`, 10_000);
  return (
    <>
      <div class="head">
        <h1>Metrics</h1>
        <select
          aria-label="Days looked at"
          value={String(days)}
          onChange={(event) => setQuery({ days: event.currentTarget.value })}
        >
          {[1, 7, 30, 90].map((count) => (
            <option key={count} value={String(count)}>
              {count === 1 ? "Last day" : `Last ${count} days`}
            </option>
          ))}
        </select>
      </div>
      <Fault fault={fault} />
      {value === undefined ? fault === undefined && <Loading /> : <Summary metrics={value} />}
    </>
  );
}

function Summary({ metrics }: { readonly metrics: MetricsDocument }) {
  const { total, workflows, days, truncated, stageTypes } = metrics;
  if (total.runs === 0) {
    return (
      <div class="empty">
        <h2>No runs in this time</h2>
        <p>Numbers come with the first run.</p>
      </div>
    );
  }
  return (
    <>
      <dl class="figures">
        <Figure name="Runs" value={String(total.runs)} />
        <Figure name="Success rate" value={percent(total.successRate)} />
        <Figure name="Half took at most" value={span(total.p50Ms)} />
        <Figure name="95 % took at most" value={span(total.p95Ms)} />
        <Figure name="Not ended" value={String(total.open)} />
        <Figure name="Retries" value={String(total.retries)} />
        <Figure name="Half of approvals took at most" value={span(total.approvalP50Ms)} />
        <Figure name="Tokens in and out" value={`${total.inputTokens} / ${total.outputTokens}`} />
        <Figure name="Cost" value={cost(total)} />
      </dl>
      {truncated && <p class="muted">There were more runs than are counted here; these are the newest.</p>}
      <div class="charts">
        <Chart
          title="Runs a day"
          days={days.map(({ day }) => day)}
          lines={[
            { name: "succeeded", tone: "done", values: days.map(({ succeeded }) => succeeded) },
            { name: "failed", tone: "bad", values: days.map(({ failed }) => failed) },
          ]}
        />
        <Chart
          title="Duration in seconds"
          days={days.map(({ day }) => day)}
          lines={[
            { name: "p50", tone: "live", values: days.map(({ p50Ms }) => seconds(p50Ms)) },
            { name: "p95", tone: "wait", values: days.map(({ p95Ms }) => seconds(p95Ms)) },
          ]}
        />
      </div>
      <Workflows workflows={workflows} />
      <StageTypes stageTypes={stageTypes} />
      <Processes workflows={workflows} />
    </>
  );
}

function Workflows({ workflows }: Pick<MetricsDocument, "workflows">) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th>Workflow</th>
          <th class="number">Runs</th>
          <th class="number">Succeeded</th>
          <th class="number">Failed</th>
          <th class="number">Success rate</th>
          <th class="number">p50</th>
          <th class="number">p95</th>
          <th class="number">Retries</th>
          <th class="number">Cost</th>
        </tr>
      </thead>
      <tbody>
        {workflows.map((of) => (
          <tr key={of.workflow}>
            <td data-name="Workflow">
              <Link to={`/?workflow=${encodeURIComponent(of.workflow)}`}>{of.workflow}</Link>
            </td>
            <td data-name="Runs" class="number">
              {of.runs}
            </td>
            <td data-name="Succeeded" class="number">
              {of.succeeded}
            </td>
            <td data-name="Failed" class="number">
              {of.failed}
            </td>
            <td data-name="Success rate" class="number">
              {percent(of.successRate)}
            </td>
            <td data-name="p50" class="number">
              {span(of.p50Ms)}
            </td>
            <td data-name="p95" class="number">
              {span(of.p95Ms)}
            </td>
            <td data-name="Retries" class="number">
              {of.retries}
            </td>
            <td data-name="Cost" class="number">
              {cost(of)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function StageTypes({ stageTypes }: Pick<MetricsDocument, "stageTypes">) {
  return (
    <table class="list">
      <thead>
        <tr>
          <th>Stage type</th>
          <th class="number">Stages</th>
          <th class="number">Failed</th>
          <th class="number">Retries</th>
          <th class="number">p50</th>
          <th class="number">p95</th>
        </tr>
      </thead>
      <tbody>
        {stageTypes.map((of) => (
          <tr key={of.uses}>
            <td data-name="Stage type">{of.uses}</td>
            <td data-name="Stages" class="number">
              {of.stages}
            </td>
            <td data-name="Failed" class="number">
              {of.failed}
            </td>
            <td data-name="Retries" class="number">
              {of.retries}
            </td>
            <td data-name="p50" class="number">
              {span(of.p50Ms)}
            </td>
            <td data-name="p95" class="number">
              {span(of.p95Ms)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What processes used while they drove runs of each workflow. */
function Processes({ workflows }: Pick<MetricsDocument, "workflows">) {
  const measured = workflows.flatMap(({ workflow, resources }) =>
    resources === null ? [] : [{ workflow, ...resources }],
  );
  if (measured.length === 0) return null;
  return (
    <>
      <table class="list">
        <thead>
          <tr>
            <th>Process</th>
            <th class="number">Runs measured</th>
            <th class="number">Processor time</th>
            <th class="number">A run</th>
            <th class="number">Memory</th>
            <th class="number">Event loop late</th>
          </tr>
        </thead>
        <tbody>
          {measured.map(({ workflow, runs, shared, cpuMs, peakRssBytes, loopDelayMs }) => (
            <tr key={workflow}>
              <td data-name="Process">{workflow}</td>
              <td data-name="Runs measured" class="number">
                {runs}
              </td>
              <td data-name="Processor time" class="number">
                {shared > 0 && "≈ "}
                {span(cpuMs)}
              </td>
              <td data-name="A run" class="number">
                {span(cpuMs / runs)}
              </td>
              <td data-name="Memory" class="number">
                {megabytes(peakRssBytes)}
              </td>
              <td data-name="Event loop late" class="number">
                {span(loopDelayMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        ≈ runs that were driven beside others: processor time is shared out by their events. Memory is the most of a
        whole process, the event loop the latest it was.
      </p>
    </>
  );
}

/** Calls without a known price make it a lower bound. */
function cost({ usd, unpricedCalls }: Pick<MetricsDocument["total"], "usd" | "unpricedCalls">): string {
  return `${unpricedCalls > 0 ? "≥ " : ""}$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
