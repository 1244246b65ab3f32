import type { JSX } from 'preact';

interface FilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** Narrows what a page shows. The key `/` leads here. */
export function Filter({ label, placeholder, value, onChange }: FilterProps): JSX.Element {
  return (
    <input
      type="search"
      data-filter
      aria-label={label}
      placeholder={placeholder}
      value={value}
      autocomplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly of: readonly string[];
  readonly onChange: (value: string) => void;
}

/** One of the values that there are, or all of them. */
export function Choice({ label, value, of, onChange }: ChoiceProps): JSX.Element {
  const values = [...new Set([...of, ...(value === '' ? [] : [value])])].toSorted();
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">all</option>
        {values.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
