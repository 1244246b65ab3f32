import type { FastifyRequest } from 'fastify';
import { type Result, err, ok } from '../../../core/result.ts';
import { PROBLEMS, type Problem } from '../problems.ts';
import { readBody } from '../read-body.ts';

const FORM_BYTES_MAX = 16 * 1024;
const FIELDS_MAX = 10;

export type Form = ReadonlyMap<string, string>;

/** The fields of a form of ours: each at most once, and few. */
export async function readForm(
  { raw }: FastifyRequest,
  bytesMax: number = FORM_BYTES_MAX,
): Promise<Result<Form, Problem>> {
  const { 'content-type': type = '', 'content-encoding': encoding } = raw.headers;
  if (encoding !== undefined || !/^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(type))
    return err(PROBLEMS.formExpected);
  const bytes = await readBody(raw, bytesMax);
  if (bytes === null) return err(PROBLEMS.bodyTooLarge);
  const fields = [...new URLSearchParams(bytes.toString('utf8'))];
  const form = new Map(fields);
  return fields.length <= FIELDS_MAX && form.size === fields.length ? ok(form) : err(PROBLEMS.formExpected);
}
