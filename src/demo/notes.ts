/** The notes of the demo, in memory. Small on purpose: what matters is who may do what to them. */
export interface Note {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface NoteBook {
  list(): readonly Note[];
  get(id: string): Note | undefined;
  search(words: string): readonly Note[];
  create(title: string, text: string): Note;
  update(id: string, text: string): Note | undefined;
  deleteAll(): number;
}

/** The oldest note goes when one more is written. */
const NOTES_MAX = 1000;

export function createNoteBook(): NoteBook {
  const notes = new Map<string, Note>();
  let last = 0;

  function put(note: Note): Note {
    notes.set(note.id, note);
    const [oldest] = notes.keys();
    if (notes.size > NOTES_MAX && oldest !== undefined) notes.delete(oldest);
    return note;
  }

  function create(title: string, text: string): Note {
    last += 1;
    return put({ id: `note-${last}`, title, text });
  }

  create('Welcome', 'Reading this needed no approval. Changing it does.');
  create('Launch plan', 'Announce on Tuesday. Legal has not signed off yet.');
  create('Customer list', 'Acme, Globex, Initech');

  return {
    list: () => [...notes.values()],
    get: (id) => notes.get(id),
    search: (words) => [...notes.values()].filter((note) => `${note.title}\n${note.text}`.includes(words)),
    create,
    update: (id, text) => {
      const note = notes.get(id);
      return note === undefined ? undefined : put({ ...note, text });
    },
    deleteAll: () => {
      const { size } = notes;
      notes.clear();
      return size;
    },
  };
}
