import { Autocomplete, Group, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { apps as texts } from '../../texts/en.ts';
import { useQueryState } from '../../ui/use-query-state.ts';

/** What is looked for, in the address. @param teams that are suggested. */
export function Filters({ teams }: { readonly teams: readonly string[] }): ReactNode {
  const [search, setSearch] = useQueryState('search', ['after']);
  const [team, setTeam] = useQueryState('team', ['after']);
  return (
    <Group role="search">
      <TextInput
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        leftSection={<Search size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        flex="1 1 200px"
        maw={360}
      />
      <Autocomplete
        aria-label={texts.team}
        placeholder={texts.allTeams}
        data={[...new Set(teams)].sort()}
        value={team}
        onChange={(value) => setTeam(value)}
        clearable
        flex="0 1 200px"
      />
    </Group>
  );
}
