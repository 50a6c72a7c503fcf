import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { regraftLink } from './link.ts';
import { possibleTypes } from './possible-types.generated.ts';
import { API } from './server.ts';
import { session } from './token.ts';

/** For subscriptions that tell how far something is. Events come by `live.ts`, which goes on after the last one. */
const socketLink = new GraphQLWsLink(
  createClient({
    url: API.href.replace(/^http/, 'ws'),
    connectionParams: () => (session.token === undefined ? {} : { authorization: `Bearer ${session.token}` }),
    shouldRetry: () => true,
    retryAttempts: Number.POSITIVE_INFINITY,
  }),
);

/** Answers by the id of what they tell. What is asked for as of the past has the ids of now: such queries need `fetchPolicy: 'no-cache'`. */
export const apollo = new ApolloClient({
  link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, socketLink, regraftLink),
  cache: new InMemoryCache({ possibleTypes }),
  defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } },
});
