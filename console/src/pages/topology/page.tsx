import { Button, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { isAbout } from '../../api/use-live.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { topology as texts } from '../../texts/en.ts';
import { Async } from '../../ui/async.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Frame } from '../../ui/frame.tsx';
import { TopologyDocument, type TopologyQuery } from './topology.generated.ts';

export function Page(): ReactNode {
  const { appId = '' } = useParams();
  const answer = useLiveQuery(TopologyDocument, { id: appId }, isAbout(appId));
  return (
    <Frame title={answer.data?.app?.name ?? texts.title}>
      <Async answer={answer}>{({ app }) => (app ? <Components app={app} /> : <Gone />)}</Async>
    </Frame>
  );
}

function Components({ app: { components } }: { readonly app: NonNullable<TopologyQuery['app']> }): ReactNode {
  if (components.length === 0) return <Empty {...texts.empty} />;
  return (
    <Table aria-label={texts.table}>
      <Table.Thead>
        <Table.Tr>
          {Object.entries(texts.columns).map(([name, label]) => (
            <Table.Th key={name}>{label}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {components.map(({ id, key, image, replicas, localChanges }) => (
          <Table.Tr key={id}>
            <Table.Td>{key}</Table.Td>
            <Table.Td>{image}</Table.Td>
            <Table.Td>{replicas}</Table.Td>
            <Table.Td>{localChanges.length}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Gone(): ReactNode {
  return (
    <Empty title={texts.gone.title} text={texts.gone.text}>
      <Button component={Link} to="/apps">
        {texts.gone.back}
      </Button>
    </Empty>
  );
}
