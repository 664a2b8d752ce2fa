import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DASHBOARDS, toFile } from './dashboards.ts';

// node machines/monitoring/grafana/write.ts: writes dashboards/*.json anew from dashboards.ts.
for (const dashboard of DASHBOARDS) {
  const file = new URL(`./dashboards/${dashboard.uid.replace('dropmate-', '')}.json`, import.meta.url);
  writeFileSync(fileURLToPath(file), toFile(dashboard));
}
