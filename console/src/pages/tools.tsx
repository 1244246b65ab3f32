import type { PinList, PinView } from '../../../src/core/admin-api/pin-view.ts';
import type { ToolList } from '../../../src/core/admin-api/policy-view.ts';
import { useState } from 'preact/hooks';
import { hasWords } from '../../../src/core/has-words.ts';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Digest } from '../parts/facts.tsx';
import { Filter } from '../parts/filter.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

const NONE: PinList = { pins: [] };

/** What an upstream offers, with the class that the policy gives each tool and what was decided about its definition. */
export function Tools({ upstream }: { readonly upstream: string }): JSX.Element {
  const { value, problem } = useData<ToolList>(`/api/upstreams/${encodeURIComponent(upstream)}/tools`);
  const { value: pinned } = useData<PinList>('/api/pins', ({ kind }) => kind === 'pin');
  const [filter, setFilter] = useState('');
  useTitle(upstream);
  const pins = (pinned ?? NONE).pins.filter((pin) => pin.upstream === upstream);
  const tools = (value?.tools ?? []).filter(({ name, classes }) => hasWords(`${name} ${classes.join(' ')}`, filter));
  return (
    <>
      <p class="crumb">
        <a href="/upstreams">Upstreams</a>
      </p>
      <div class="title">
        <h1>
          Tools of <Visible text={upstream} />
        </h1>
        <Filter label="Filter by name or class" placeholder="name, class" value={filter} onChange={setFilter} />
      </div>
      <Problem of={problem} />
      <Table
        caption="Tools, with the class that the policy gives them"
        head={['Tool', 'Class', 'Definition', 'Described by the upstream as']}
        rows={tools.map(({ name, classes, definitionDigest, description }) => ({
          key: name,
          cells: [
            <code>
              <Visible text={name} />
            </code>,
            (classes.length === 0 ? ['unclassified'] : classes).map((each) => <Badge key={each} of={each} />),
            <Pinned
              digest={definitionDigest}
              pin={pins.find(({ tool, digest }) => tool === name && digest === definitionDigest)}
            />,
            description === null ? '–' : <Visible text={description} />,
          ],
        }))}
      />
    </>
  );
}

function Pinned({ digest, pin }: { readonly digest: string; readonly pin: PinView | undefined }): JSX.Element {
  if (pin === undefined) return <Digest of={digest} />;
  return (
    <a href={`/pins/${pin.id}`}>
      <Badge of={pin.status} /> <Digest of={digest} />
    </a>
  );
}
