import type { ComponentChildren, JSX } from 'preact';

type Props = { label: string; columns: readonly string[]; children: ComponentChildren };

/** A table that scrolls by itself where there is no room for it. */
export function Table({ label, columns, children }: Props): JSX.Element {
  return (
    // It scrolls: keys must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
