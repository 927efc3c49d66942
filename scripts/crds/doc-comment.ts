/** A doc comment, split into what people read and what the generator reads. */
export interface DocComment {
  /** The text before the first tag, one line a paragraph. */
  readonly description: string;
  readonly tags: readonly DocTag[];
}

/** One line such as `@minimum 0`. */
export interface DocTag {
  readonly name: string;
  /** The rest of the line, as it is written. */
  readonly text: string;
}

/** Parses a comment with its stars and slashes. Every tag ends with its line, so that patterns and rules need no quoting. */
export function parseDocComment(comment: string): DocComment {
  const lines = comment.replace(/^\/\*\*/, '').replace(/\*\/$/, '').split('\n').map(line => line.replace(/^\s*\*? ?/, '').trimEnd());
  const firstTag = lines.findIndex(line => line.startsWith('@'));
  const text = firstTag < 0 ? lines : lines.slice(0, firstTag);
  const tags = firstTag < 0 ? [] : lines.slice(firstTag).filter(line => line !== '').map(parseTag);
  const paragraphs = text.join('\n').trim().split(/\n{2,}/).map(paragraph => paragraph.split('\n').join(' '));
  return { description: paragraphs.join('\n'), tags };
}

function parseTag(line: string): DocTag {
  const match = /^@(\w+)\s*(.*)$/.exec(line);
  if (!match) throw new Error(`not a tag on one line: ${line}`);
  return { name: match[1], text: match[2] };
}

/** The text of a tag; undefined without the tag. */
export function tagText(doc: DocComment, name: string): string | undefined {
  return doc.tags.find(tag => tag.name === name)?.text;
}

/** The texts of every tag of a name, in order. */
export function tagTexts(doc: DocComment, name: string): string[] {
  return doc.tags.filter(tag => tag.name === name).map(tag => tag.text);
}

/** The columns of a tag that is written as a table row, `a | b | c`. A doubled bar, CEL's "or", does not separate. */
export function tagColumns(text: string): string[] {
  return text.split(/ \|(?= |$)/).map(column => column.trim());
}
