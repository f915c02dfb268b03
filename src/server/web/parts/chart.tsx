interface Line {
  readonly name: string;
  readonly tone: string;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  /** `2026-11-22`, in order; a day without anything may be left out. */
  readonly days: readonly string[];
  /** A value a day. */
  readonly lines: readonly Line[];
}

/** Lines by day, and the table they are drawn from, for who cannot or will not read a picture. */
export function Chart({ title, days, lines }: ChartProps) {
  const top = ceilingOf(lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const places = placesOf(days);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div class="plot" aria-hidden="true">
        {/* Stretched to its frame: words stand beside it, where they keep their shape. */}
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path class="grid" d="M0 0H100M0 50H100M0 100H100" />
          {lines.map(({ name, tone, values }) => (
            <g key={name} class={`tone-${tone}`}>
              <path d={pathOf(values, places, top)} />
              <path class="dots" d={dotsOf(values, places, top)} />
            </g>
          ))}
        </svg>
        {[1, 0.5, 0].map((share) => (
          <span key={share} class="up" style={{ bottom: `${share * 100}%` }}>
            {+(top * share).toPrecision(3)}
          </span>
        ))}
        {days.length > 1 && <span class="first">{days[0]}</span>}
        <span class={days.length > 1 ? "last" : "alone"}>{days.at(-1)}</span>
      </div>
      <ul class="legend">
        {lines.map(({ name, tone }) => (
          <li key={name} class={`tone-${tone}`}>
            {name}
          </li>
        ))}
      </ul>
      <Numbers title={title} days={days} lines={lines} />
    </figure>
  );
}

function Numbers({ title, days, lines }: ChartProps) {
  return (
    <details>
      <summary>
        Numbers<span class="hidden"> of {title}</span>
      </summary>
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day, at) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              {lines.map(({ name, values }) => (
                <td key={name}>{values[at] ?? "–"}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** The least of 1, 2, 5, 10, 20, … that nothing is above. */
function ceilingOf(values: readonly number[]): number {
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5].find((digit) => digit * power >= most) ?? 10) * power;
}

/** Each day from the left, in hundredths; one that is alone stands in the middle. */
function placesOf(days: readonly string[]): readonly number[] {
  const times = days.map((day) => Date.parse(day));
  const [from = 0, to = 0] = [times[0], times.at(-1)];
  return times.map((time) => (to === from ? 50 : ((time - from) / (to - from)) * 100));
}

/** Nothing is drawn through a day without a value. */
function pathOf(values: Line["values"], places: readonly number[], top: number): string {
  return values
    .map((value, at) => (value === null ? "" : `${values[at - 1] == null ? "M" : "L"}${point(places[at], value, top)}`))
    .join("");
}

/** A line without length: its round end is a dot however the picture is stretched. */
function dotsOf(values: Line["values"], places: readonly number[], top: number): string {
  return values.map((value, at) => (value === null ? "" : `M${point(places[at], value, top)}h0`)).join("");
}

function point(x = 0, value: number, top: number): string {
  return `${x.toFixed(2)} ${(100 - (value / top) * 100).toFixed(2)}`;
}
