import type { JSX } from 'preact';

const ROLES = [
  ['approver', 'decides on requests'],
  ['operator', 'stops calls, reviews definitions, hands out access'],
  ['auditor', 'reads the log with its payloads'],
  ['viewer', 'sees what happens, without payloads'],
] as const;

/** Checkboxes of the name `role`. */
export function RoleChoice(): JSX.Element {
  return (
    <fieldset>
      <legend>Roles</legend>
      {ROLES.map(([role, what]) => (
        <label key={role} class="role">
          <input type="checkbox" name="role" value={role} />
          <span>
            {role} <span class="faint">{what}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The words of a field, however they are parted. */
export function wordsOf(form: FormData, name: string): readonly string[] {
  const value = form.get(name);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : [];
}
