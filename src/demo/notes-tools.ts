import type { Note, NoteBook } from './notes.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** One tool of the demo: what it says of itself, and what it does. `run` returns the text, or `null` for "there is no such note". */
export interface NotesTool {
  readonly description: string;
  readonly properties: Readonly<Record<string, { readonly type: 'string'; readonly description: string }>>;
  readonly readOnly: boolean;
  run(book: NoteBook, args: Arguments): string | null;
  /** The same as structured content, where the tool is about one note. Asked after `run`. */
  readonly record?: (book: NoteBook, args: Arguments) => Note | undefined;
}

const id = { type: 'string', description: 'The id of a note, such as note-1' } as const;
const text = { type: 'string', description: 'The whole new text' } as const;
const title = { type: 'string', description: 'A short title' } as const;
const words = { type: 'string', description: 'Words to look for' } as const;
const to = { type: 'string', description: 'An e-mail address' } as const;

export const NOTES_TOOLS: ReadonlyMap<string, NotesTool> = new Map<string, NotesTool>([
  [
    'list',
    {
      description: 'Lists all notes by id and title',
      properties: {},
      readOnly: true,
      run: (book) => book.list().map(titleLine).join('\n'),
    },
  ],
  [
    'get',
    {
      description: 'Reads one note',
      properties: { id },
      readOnly: true,
      run: (book, args) => shown(noteOf(book, args)),
      record: noteOf,
    },
  ],
  [
    'search',
    {
      description: 'Finds notes that contain some words',
      properties: { words },
      readOnly: true,
      run: (book, args) => book.search(String(args['words'])).map(titleLine).join('\n') || 'nothing found',
    },
  ],
  [
    'create',
    {
      description: 'Writes a new note',
      properties: { title, text },
      readOnly: false,
      run: (book, args) => `created ${book.create(String(args['title']), String(args['text'])).id}`,
    },
  ],
  [
    'update',
    {
      description: 'Replaces the text of a note',
      properties: { id, text },
      readOnly: false,
      run: (book, args) => shown(book.update(String(args['id']), String(args['text']))),
      record: noteOf,
    },
  ],
  [
    'send',
    {
      description: 'Sends a note by e-mail (the demo only says that it did)',
      properties: { id, to },
      readOnly: false,
      run: (book, args) => {
        const note = noteOf(book, args);
        return note === undefined ? null : `sent "${note.title}" to ${String(args['to'])}`;
      },
    },
  ],
  [
    'delete_all',
    {
      description: 'Deletes every note',
      properties: {},
      readOnly: false,
      run: (book) => `deleted ${book.deleteAll()} notes`,
    },
  ],
]);

function noteOf(book: NoteBook, args: Arguments): Note | undefined {
  return book.get(String(args['id']));
}

const titleLine = (note: Note): string => `${note.id}: ${note.title}`;
const shown = (note: Note | undefined): string | null =>
  note === undefined ? null : `${note.id}: ${note.title}\n\n${note.text}`;
