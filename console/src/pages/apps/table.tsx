import { Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { apps as texts } from '../../texts/en.ts';
import { Time } from '../../ui/time.tsx';
import type { AppsQuery } from './apps.generated.ts';

type AppRow = AppsQuery['apps']['edges'][number]['node'];

export function AppTable({ apps }: { readonly apps: readonly AppRow[] }): ReactNode {
  const { columns } = texts;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing="sm" highlightOnHover aria-label={texts.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th visibleFrom="sm">{columns.team}</Table.Th>
            <Table.Th>{columns.installs}</Table.Th>
            <Table.Th visibleFrom="md">{columns.created}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {apps.map((app) => (
            <Table.Tr key={app.id}>
              <Table.Td>
                <Anchor component={Link} to={`/apps/${app.id}`} fw={600}>
                  {app.name}
                </Anchor>
              </Table.Td>
              <Table.Td visibleFrom="sm">{app.team}</Table.Td>
              <Table.Td>
                <Installs app={app} />
              </Table.Td>
              <Table.Td visibleFrom="md">
                <Time at={app.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Installs({ app: { installations } }: { readonly app: AppRow }): ReactNode {
  if (installations.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {texts.own}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {installations.map(({ id, template, currentVersion, upgradableCount }) => (
        <Group key={id} gap="xs">
          <Text size="sm">
            {template.name} {currentVersion}
          </Text>
          <Badge variant="light" color={upgradableCount > 0 ? 'orange' : 'gray'} tt="none">
            {upgradableCount > 0 ? texts.behind(upgradableCount) : texts.upToDate}
          </Badge>
        </Group>
      ))}
    </Stack>
  );
}
