import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { apps as texts } from '../../texts/en.ts';
import { Async } from '../../ui/async.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Frame } from '../../ui/frame.tsx';
import { Pager } from '../../ui/pager.tsx';
import { useQueryState } from '../../ui/use-query-state.ts';
import { AppsDocument } from './apps.generated.ts';
import { CreateApp } from './create-app.tsx';
import { Filters } from './filters.tsx';
import { AppTable } from './table.tsx';

const PAGE = 50;

/** Of an app, or a version that an install may move to. */
const isOfApps = ({ stream, type }: { readonly stream: string; readonly type: string }): boolean =>
  stream.startsWith('app-') || type === 'TemplatePublished' || type.startsWith('Version');

export function Page(): ReactNode {
  const [search] = useQueryState('search');
  const [team] = useQueryState('team');
  const [after] = useQueryState('after');
  const [isCreating, creating] = useDisclosure();
  const filter = { ...(search !== '' && { search }), ...(team !== '' && { team }) };
  const answer = useLiveQuery(AppsDocument, { first: PAGE, ...(after !== '' && { after }), ...filter }, isOfApps);
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={creating.open}>
      {texts.create.open}
    </Button>
  );
  return (
    <Frame title={texts.title} actions={create}>
      <Filters teams={answer.data?.apps.edges.map(({ node }) => node.team) ?? []} />
      <Async answer={answer}>
        {({ apps: { edges, totalCount, pageInfo } }) =>
          edges.length > 0 ? (
            <>
              <AppTable apps={edges.map(({ node }) => node)} />
              <Pager shown={edges.length} totalCount={totalCount} pageInfo={pageInfo} />
            </>
          ) : search === '' && team === '' ? (
            <Empty {...texts.empty}>{create}</Empty>
          ) : (
            <NoMatch />
          )
        }
      </Async>
      <CreateApp opened={isCreating} onClose={creating.close} />
    </Frame>
  );
}

function NoMatch(): ReactNode {
  const [, setSearch] = useQueryState('search', ['team', 'after']);
  return (
    <Empty title={texts.noMatch.title} text={texts.noMatch.text}>
      <Group>
        <Button variant="default" onClick={() => setSearch('', 'PUSH')}>
          {texts.noMatch.clear}
        </Button>
      </Group>
    </Empty>
  );
}
