import { isPlaceholder } from '../placeholder.ts';
import type { Detector, ReportSpan } from './detector.ts';

/** The values of a Kubernetes manifest of kind `Secret`, in YAML and in JSON. What they are called tells nothing: all of it is secret. */
export const kubernetesSecret: Detector = {
  name: 'kubernetes-secret',
  class: 'secret',
  find(text, report, { words }) {
    let from = 0;
    for (const { word, at } of words) {
      if (word !== 'secret' || at < from) continue;
      KIND.lastIndex = at;
      if (!KIND.test(text)) continue;
      // The data may stand before the kind. No text is looked at twice.
      const start = Math.max(from, at - MANIFEST_CHARS_MAX);
      const end = Math.min(text.length, at + MANIFEST_CHARS_MAX);
      findData(text.slice(start, end), start, report);
      from = end;
    }
  },
};

const MANIFEST_CHARS_MAX = 8192;
const KIND = /(?<=\bkind["']?\s{0,4}:\s{0,4}["']?)Secret["']?\s{0,4}(?:[\n,}#]|\\n|$)/y;
const DATA = /\b(?:data|stringData)["']?\s{0,4}:/g;
/** One member: its name, and its value in base64 or, in `stringData`, as it is. */
const MEMBER =
  /(?:\s{0,40}|\\n\s{0,40}|[{,]\s{0,40})["']?[\w.-]{1,253}["']?\s{0,4}:\s{0,4}["']?([^\s"',{}\\]{4,8192})["']?/y;

function findData(manifest: string, offset: number, report: ReportSpan): void {
  DATA.lastIndex = 0;
  for (let found = DATA.exec(manifest); found !== null; found = DATA.exec(manifest)) {
    MEMBER.lastIndex = DATA.lastIndex;
    SPACE.lastIndex = DATA.lastIndex;
    if (SPACE.test(manifest)) MEMBER.lastIndex = SPACE.lastIndex;
    for (let member = MEMBER.exec(manifest); member !== null; member = MEMBER.exec(manifest)) {
      const value = member[1] ?? '';
      const end = member.index + member[0].length - (/["']$/.test(member[0]) ? 1 : 0);
      DATA.lastIndex = MEMBER.lastIndex;
      if (/^(?:apiVersion|kind|metadata|type)/.test(member[0].trim())) break;
      if (!isPlaceholder(value)) report(offset + end - value.length, offset + end);
    }
  }
}

const SPACE = /\s{0,8}\{?/y;
