/**
 * Whether what stands at `at` is given to the part of a service that runs in pages and apps. A key that its issuer means for these is
 * handed to every visitor, and has the form of a secret one.
 */
export function isGivenToApp(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - CALL_CHARS_MAX), at);
  // Nearly nothing stands behind a bracket.
  return before.includes('(') && CALL.test(before);
}

const CALL_CHARS_MAX = 96;
/** The call, and no end of it before the key. Of the mobile kit of Mailchimp, and of kits that watch or count what visitors do. */
const CALL =
  /\b(?:MailchimpSDK\.initialize|Bugsnag\.start|amplitude\.init|mixpanel\.init|posthog\.init|heap\.load|analytics\.load|LogRocket\.init|datadogRum\.init)\([^()\n;]{0,64}$/;
