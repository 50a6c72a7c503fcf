/** What a server answered in `data`, by the names of the root fields. */
export type Answered = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Asks a server over HTTP. @throws Error with what it answered instead of data. */
export async function ask(url: string, body: object): Promise<Answered> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = (await (await fetch(`${url}/graphql`, init)).json()) as { data?: Answered; errors?: unknown };
  if (!answer.data || answer.errors) throw new Error(JSON.stringify(answer));
  return answer.data;
}
