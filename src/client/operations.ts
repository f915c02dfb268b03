// Made from the OpenAPI document by `npm run schemas`.

import type { ActPage, HoldList, Proof } from "./audit.js";
import type {
  Approval,
  ApprovalList,
  Definition,
  DefinitionList,
  EventPage,
  Health,
  Run,
  RunPage,
  RunView,
  Said,
  Schedule,
  ScheduleList,
  Session,
  StageInput,
} from "./documents.js";
import type { Metrics } from "./metrics.js";
import type { Ask, RequestOptions, StartOptions } from "./request.js";
import type {
  CancelRun,
  DecideApproval,
  ForkRun,
  ListActs,
  ListApprovals,
  ListEvents,
  ListRuns,
  PauseRun,
  RetryRun,
  RollbackRun,
  SayEvent,
  ShowStageInput,
  SkipRun,
  StartRun,
  SummarizeMetrics,
  VerifyAudit,
} from "./requests.js";

/** One method an operation of the API; how a request is made is said by who extends it. */
export abstract class Operations {
  protected abstract ask<T>(ask: Ask, options?: RequestOptions): Promise<T>;

  /** Who the token says you are, and what you may do. */
  showSession(options?: RequestOptions): Promise<Session> {
    return this.ask({ method: "GET", path: `/session` }, options);
  }

  /** Start a run. It is durable when this answers; a worker drives it. */
  startRun(body: StartRun, options?: StartOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs`, body }, options);
  }

  /** Runs, newest first. */
  listRuns(query: ListRuns = {}, options?: RequestOptions): Promise<RunPage> {
    return this.ask({ method: "GET", path: `/runs`, query: { ...query } }, options);
  }

  /** A run with its stages and its plan. `last` is the newest; the beginning of an id will do. */
  showRun(run: string, options?: RequestOptions): Promise<RunView> {
    return this.ask({ method: "GET", path: `/runs/${encodeURIComponent(run)}` }, options);
  }

  /** What the last try of a stage was given; in the place of secrets stand dots. */
  showStageInput(run: string, query: ShowStageInput, options?: RequestOptions): Promise<StageInput> {
    return this.ask({ method: "GET", path: `/runs/${encodeURIComponent(run)}/stage`, query: { ...query } }, options);
  }

  /** The journal. With Accept: text/event-stream it goes on live, and Last-Event-ID resumes it. */
  listEvents(run: string, query: ListEvents = {}, options?: RequestOptions): Promise<EventPage> {
    return this.ask({ method: "GET", path: `/runs/${encodeURIComponent(run)}/events`, query: { ...query } }, options);
  }

  /** End it; what is under way is stopped. */
  cancelRun(run: string, body: CancelRun = {}, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/cancel`, body }, options);
  }

  /** Start nothing further until it is resumed. */
  pauseRun(run: string, body: PauseRun = {}, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/pause`, body }, options);
  }

  /** Go on with a paused run. */
  resumeRun(run: string, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/resume` }, options);
  }

  /** Try again what failed or is held. */
  retryRun(run: string, body: RetryRun = {}, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/retry`, body }, options);
  }

  /** Go on as if this stage had done its work. */
  skipRun(run: string, body: SkipRun, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/skip`, body }, options);
  }

  /** Undo what was done, the last first. */
  rollbackRun(run: string, body: RollbackRun = {}, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/rollback`, body }, options);
  }

  /** A new run that shares the finished stages before one, and decides the rest anew. */
  forkRun(run: string, body: ForkRun, options?: RequestOptions): Promise<Run> {
    return this.ask({ method: "POST", path: `/runs/${encodeURIComponent(run)}/fork`, body }, options);
  }

  /** What waits for people, the oldest first; with a status, what was settled how. */
  listApprovals(query: ListApprovals = {}, options?: RequestOptions): Promise<ApprovalList> {
    return this.ask({ method: "GET", path: `/approvals`, query: { ...query } }, options);
  }

  /** One approval with its evidence and the decisions so far. */
  showApproval(approval: string, options?: RequestOptions): Promise<Approval> {
    return this.ask({ method: "GET", path: `/approvals/${encodeURIComponent(approval)}` }, options);
  }

  /** Decide, as the one whose token this is. Durable when it answers. */
  decideApproval(approval: string, body: DecideApproval, options?: RequestOptions): Promise<Approval> {
    return this.ask({ method: "POST", path: `/approvals/${encodeURIComponent(approval)}/decision`, body }, options);
  }

  /** The definitions of the project, with how many findings each has. */
  listDefinitions(options?: RequestOptions): Promise<DefinitionList> {
    return this.ask({ method: "GET", path: `/definitions` }, options);
  }

  /** A definition as it stands in the project now: YAML, plan and findings. */
  showDefinition(definition: string, options?: RequestOptions): Promise<Definition> {
    return this.ask({ method: "GET", path: `/definitions/${encodeURIComponent(definition)}` }, options);
  }

  /** Who did what and when, the newest first: decisions, refusals, agent calls, holds, exports. */
  listActs(query: ListActs = {}, options?: RequestOptions): Promise<ActPage> {
    return this.ask({ method: "GET", path: `/audit`, query: { ...query } }, options);
  }

  /** Runs under legal hold: who put them there, when and why. */
  listHolds(options?: RequestOptions): Promise<HoldList> {
    return this.ask({ method: "GET", path: `/audit/holds` }, options);
  }

  /** Are journals and trail what was written? Reads all of them, or one run's; names each row that does not fit. */
  verifyAudit(query: VerifyAudit = {}, options?: RequestOptions): Promise<Proof> {
    return this.ask({ method: "GET", path: `/audit/proof`, query: { ...query } }, options);
  }

  /** What starts runs by itself: when it fires next, what it started last. */
  listSchedules(options?: RequestOptions): Promise<ScheduleList> {
    return this.ask({ method: "GET", path: `/schedules` }, options);
  }

  /** Keep it from starting runs until somebody resumes it. */
  pauseSchedule(workflow: string, trigger: string, options?: RequestOptions): Promise<Schedule> {
    return this.ask(
      { method: "POST", path: `/schedules/${encodeURIComponent(workflow)}/${encodeURIComponent(trigger)}/pause` },
      options,
    );
  }

  /** Let it start runs again, from the next of its times on. */
  resumeSchedule(workflow: string, trigger: string, options?: RequestOptions): Promise<Schedule> {
    return this.ask(
      { method: "POST", path: `/schedules/${encodeURIComponent(workflow)}/${encodeURIComponent(trigger)}/resume` },
      options,
    );
  }

  /** Say an event to the runs that wait for it and to the definitions that start by it. Durable when it answers. */
  sayEvent(body: SayEvent, options?: StartOptions): Promise<Said> {
    return this.ask({ method: "POST", path: `/events`, body }, options);
  }

  /** The process answers. */
  health(options?: RequestOptions): Promise<Health> {
    return this.ask({ method: "GET", path: `/health` }, options);
  }

  /** The store answers, and the server is not closing. */
  ready(options?: RequestOptions): Promise<Health> {
    return this.ask({ method: "GET", path: `/ready` }, options);
  }

  /** How runs went: success rate, durations, tries, waits, tokens and cost, in all and by workflow, day, stage type and model. Thirty days without `since`. */
  summarizeMetrics(query: SummarizeMetrics = {}, options?: RequestOptions): Promise<Metrics> {
    return this.ask({ method: "GET", path: `/metrics/summary`, query: { ...query } }, options);
  }
}
