import { Buffer } from 'node:buffer';
import { readJson } from '../../../core/json/read-json.ts';
import { isJsonObject } from '../../../core/json/value.ts';
import type { Era } from '../../../core/mcp/revisions.ts';

/** By which another process can ask about a task. */
export interface TaskBookmark {
  /** In which form the upstream has it. */
  readonly era: Era;
  readonly taskId: string;
}

export function writeTaskBookmark({ era, taskId }: TaskBookmark): string {
  return JSON.stringify({ era, taskId });
}

/** `null`: it is a bookmark of something else. */
export function readTaskBookmark(text: string): TaskBookmark | null {
  const json = readJson(Buffer.from(text), LIMITS);
  if (!json.ok || !isJsonObject(json.value)) return null;
  const { era, taskId } = json.value;
  return (era === 'legacy' || era === 'modern') && typeof taskId === 'string' ? { era, taskId } : null;
}

const LIMITS = { bytesMax: 4096, depthMax: 1, keysMax: 4, itemsMax: 0 };
