import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { appendService } from './append-service.js';
import type { Faults } from './faults.js';
import { ServerLog } from './log.js';
import { readService } from './read-service.js';
import type { AllSubscription } from './subscription.js';

const { ClusterInfo, EndPoint, MemberInfo } = gossip;

/** A small EventStoreDB: it speaks the protocol on loopback, keeps its log in arrays, and fails as it is told. See README.md. */
export class TestEventStoreDb {
  readonly log = new ServerLog();
  readonly faults: Faults = {};
  readonly #subscriptions = new Set<AllSubscription>();
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<TestEventStoreDb> {
    const server = new TestEventStoreDb();
    await server.start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `esdb://${this.address}?tls=false`;
  }

  /** Takes calls, on the same port as before, with the log as it was. */
  async start(): Promise<void> {
    // As many calls on a connection as Kestrel, the real one's HTTP server, takes.
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024, 'grpc.max_concurrent_streams': 100 });
    server.addService(StreamsService, {
      append: appendService(this.log, this.faults),
      read: readService(this.log, this.faults, this.#subscriptions),
    });
    server.addService(GossipService, {
      read: (_: unknown, answer: (error: null, members: unknown) => void) => answer(null, this.#members()),
    });
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
  }

  /** Ends all connections, as a killed process does. The log stays. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
    this.#subscriptions.clear();
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  dropSubscriptions(code?: status): void {
    for (const subscription of [...this.#subscriptions]) subscription.drop(code);
  }

  #members(): InstanceType<typeof ClusterInfo> {
    const [host = '', port] = this.address.split(':');
    const member = new MemberInfo()
      .setState(MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new EndPoint().setAddress(host).setPort(Number(port)));
    return new ClusterInfo().setMembersList([member]);
  }
}
