/** What is another at each run: ids, times, hashes, positions, names of logs, addresses. */
function stable(text: string): string {
  return text
    .replace(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b[\da-f]{64}\b/g, '<hash>')
    .replace(/\b[\da-f]{12}\.\d+\b/g, '<position>')
    .replace(/\bregraft\/[\da-f]{12}(\+[\da-f]{8}\+[\w+/=]+)?/g, '<signer>')
    .replace(/(?<=\blog:?\s?)[\da-f]{12}\b/g, '<log>')
    .replace(/(127\.0\.0\.1|localhost):\d+/g, '<address>')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

/** Two texts that are equal where the page told what was printed; otherwise such that their difference says what is wrong. */
export interface Compared {
  readonly told: string;
  readonly printed: string;
}

/**
 * @param language of the page's block: `json` is compared as values, not as it is laid out.
 * `…` in it stands for anything, also of several lines.
 */
export function compare(language: string, told: string, printed: string): Compared {
  const laidOut = language === 'json' ? asJson(told, printed) : { told, printed };
  const pair = { told: stable(laidOut.told), printed: stable(laidOut.printed) };
  return fits(pair) ? { ...pair, printed: pair.told } : pair;
}

/** Whether the output so far has the first line that is told. */
export function hasBegun(told: string, printed: string): boolean {
  const [first = ''] = told.split('\n');
  return printed.split('\n').some((line) => fits({ told: stable(first), printed: stable(line) }));
}

function fits({ told, printed }: Compared): boolean {
  const parts = told.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*?')}$`, 's').test(printed);
}

/** Where what was printed is no JSON, it is compared as a text, which tells why. */
function asJson(told: string, printed: string): Compared {
  const values = [told, printed].map((text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  });
  return { told: values[0] ?? told, printed: values[1] ?? printed };
}
