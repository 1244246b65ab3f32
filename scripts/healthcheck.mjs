// For a container's HEALTHCHECK: exits with 0 when the admin plane answers, and with 1 otherwise.
const url = process.env['COUNTERSIGN_HEALTH_URL'] ?? 'http://127.0.0.1:8421/healthz';

try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(3000), redirect: 'error' });
  if (status !== 200) throw new Error(`status ${status}`);
} catch (error) {
  console.error(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
