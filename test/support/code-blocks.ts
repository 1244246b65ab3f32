import { readProjectFile } from './project-files.ts';

/** A fenced block of a document. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** For the name of a test: where it stands. */
  readonly place: string;
}

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;

export function codeBlocks(file: string, language?: string): readonly CodeBlock[] {
  const document = readProjectFile(file);
  return [...document.matchAll(FENCE)]
    .map(({ 1: tag = '', 2: text = '', index }) => {
      const line = document.slice(0, index).split('\n').length;
      return { language: tag, text, place: `${file}:${line}` };
    })
    .filter((block) => language === undefined || block.language === language);
}
