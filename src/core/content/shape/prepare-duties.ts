import { personalDataDetectors, SECRET_DETECTORS } from '../detectors/built-in.ts';
import type { Detector, PersonalDataClass } from '../detectors/detector.ts';
import { createFieldPicker, type FieldPicker } from './field-picker.ts';
import type { ResultDuties } from './result-duties.ts';

/** Duties, ready to be carried out. */
export interface PreparedDuties {
  readonly picker: FieldPicker | null;
  /** Beside those that look into every result. */
  readonly detectors: readonly Detector[];
}

/** Duties are the same object for as long as a policy is in force, so this is done once for most calls. */
export function prepareDuties(duties: ResultDuties): PreparedDuties {
  const known = PREPARED.get(duties);
  if (known !== undefined) return known;
  const classes = new Set(duties.redact.filter((each): each is PersonalDataClass => each !== 'secret'));
  const prepared = {
    picker: createFieldPicker(duties),
    detectors: [...(duties.redact.includes('secret') ? SECRET_DETECTORS : []), ...personalDataDetectors(classes)],
  };
  PREPARED.set(duties, prepared);
  return prepared;
}

const PREPARED = new WeakMap<ResultDuties, PreparedDuties>();
