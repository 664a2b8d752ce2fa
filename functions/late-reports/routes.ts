import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { listLateReports, listLateReportsRoute } from './list.ts';
import { settleLateReport, settleLateReportRoute } from './settle.ts';

export const lateReports = (deps: Deps) =>
  router()
    .openapi(listLateReportsRoute, async (c) =>
      c.json(await listLateReports(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(settleLateReportRoute, async (c) =>
      c.json(await settleLateReport(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
    );
