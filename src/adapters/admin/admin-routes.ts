import type { AdminRoute } from './admin-route.ts';
import { ACCOUNT_ROUTES } from './routes/accounts.ts';
import { APPROVAL_ROUTES } from './routes/approvals.ts';
import { APPROVAL_BATCH_ROUTE } from './routes/approval-batch.ts';
import { APPROVAL_FIGURES_ROUTE } from './routes/approval-figures.ts';
import { AUDIT_ROUTES } from './routes/audit.ts';
import { KILL_SWITCH_ROUTES } from './routes/kill-switch.ts';
import { PIN_ROUTES } from './routes/pins.ts';
import { POLICY_ROUTES } from './routes/policy.ts';
import { TOKEN_ROUTES } from './routes/tokens.ts';
import { UPSTREAM_ROUTES } from './routes/upstreams.ts';

/** The admin API. Every one of these needs an administrator's credential; the use case behind it checks the roles. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  ...APPROVAL_ROUTES,
  APPROVAL_BATCH_ROUTE,
  APPROVAL_FIGURES_ROUTE,
  ...KILL_SWITCH_ROUTES,
  ...AUDIT_ROUTES,
  ...TOKEN_ROUTES,
  ...ACCOUNT_ROUTES,
  ...UPSTREAM_ROUTES,
  ...POLICY_ROUTES,
  ...PIN_ROUTES,
];
