import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { Table } from '../table.tsx';

export type Series = {
  label: string;
  values: readonly number[];
  /** A variable of tokens.css. */
  color: string;
};

export type ChartProps = {
  title: string;
  xs: readonly number[];
  /** What stands below a value of `xs`. */
  nameOf: (x: number) => string;
  series: readonly Series[];
  xLabel: string;
  tableLabel: string;
};

const HEIGHT = 220;

/** Bars side by side, one for each series; the same as a table for who does not see them. */
export function Chart({ title, xs, nameOf, series, xLabel, tableLabel }: ChartProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const drawn = JSON.stringify([xs, series]);
  useEffect(() => {
    if (element.current === null) return;
    const around = element.current;
    let plot = draw(around, xs, series, nameOf);
    const again = (): void => {
      plot.destroy();
      plot = draw(around, xs, series, nameOf);
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: around.clientWidth, height: HEIGHT }));
    sizes.observe(around);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', again);
    return () => {
      sizes.disconnect();
      dark.removeEventListener('change', again);
      plot.destroy();
    };
  }, [drawn]);
  return (
    <section class="chart">
      <h2>{title}</h2>
      <div ref={element} aria-hidden="true" />
      <details>
        <summary>{tableLabel}</summary>
        <Table label={title} columns={[xLabel, ...series.map(({ label }) => label)]}>
          {xs.map((x, index) => (
            <tr key={x}>
              <th scope="row">{nameOf(x)}</th>
              {series.map(({ label, values }) => (
                <td key={label} class="numbers">
                  {values[index]}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

function draw(
  element: HTMLElement,
  xs: readonly number[],
  series: readonly Series[],
  nameOf: (x: number) => string,
): uPlot {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: read('--muted'),
    grid: { stroke: read('--line'), width: 1 },
    ticks: { show: false },
  };
  const { bars } = uPlot.paths;
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      cursor: { show: false },
      legend: { show: true, live: false },
      scales: {
        x: { time: false, range: (_, min, max) => [min - 0.5, max + 0.5] },
        y: { range: (_, __, max) => [0, Math.max(4, Math.ceil(max * 1.1))] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 64,
          incrs: [1, 2, 3, 5, 7, 14, 28, 56],
          values: (_, splits) => splits.map((x) => (Number.isInteger(x) && xs.includes(x) ? nameOf(x) : '')),
        },
        { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000] },
      ],
      series: [
        { label: '' },
        ...series.map(({ label, color }, index) => ({
          label,
          fill: read(color),
          stroke: read(color),
          points: { show: false },
          // Beside each other: the first ends where the second begins.
          ...(bars && {
            paths: bars({
              size: [0.8 / series.length, 40],
              align: series.length === 1 ? 0 : index === 0 ? -1 : 1,
            }),
          }),
        })),
      ],
    },
    [xs.slice(), ...series.map(({ values }) => values.slice())],
    element,
  );
}
