/** The sum of a metric over the series that `of` wants, at a process's `/metrics`; 0 when there is none. */
export async function scrape(
  url: string,
  metric: string,
  of: (labels: string) => boolean = () => true,
): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = line.match(/^(\w+)(?:\{(.*)\})? (\S+)$/) ?? [];
    if (name === metric && of(labels)) sum += Number(value);
  }
  return sum;
}
