/** How many words a text has, in any script that puts spaces between them. */
export function countWords(text: string): number {
  return text.trim().split(/\s+/u).filter(Boolean).length
}
