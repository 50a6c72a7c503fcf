import type { JsonObject } from '../json.js';

/**
 * A component's content in normal form: scalars, and maps keyed by identity; never a positional list of things that have one.
 * Defaults are filled in, empty maps are left out, siblings are named by key, and no secret value is in it.
 * `normalizeDefinition` makes one; two definitions mean the same exactly when their digests are equal.
 */
export interface Definition {
  /** Name within the app: letters, digits, `.`, `_`, `-`. */
  readonly key: string;
  readonly title?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** At least 0; 1 where nothing is said. */
  readonly replicas: number;
  readonly resources?: ResourcesDefinition;
  /** By variable name; each is one atomic leaf. */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** By `<container port>/<protocol>`, such as `80/tcp`. */
  readonly ports?: Readonly<Record<string, PortDefinition>>;
  /** By mount path. */
  readonly volumes?: Readonly<Record<string, VolumeDefinition>>;
  /** By path in the container. */
  readonly configFiles?: Readonly<Record<string, ConfigFileDefinition>>;
  /** By key of the component that this one needs. */
  readonly dependsOn?: Readonly<Record<string, DependencyDefinition>>;
  readonly probes?: Readonly<Partial<Record<ProbeKind, ProbeDefinition>>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** All that an importer met and Regraft does not model. */
  readonly extra?: JsonObject;
}

/** App-level content: what stands beside the components (networks, named volumes, `x-` extensions, ...). */
export interface AppContent {
  readonly extra?: JsonObject;
}

export interface ResourcesDefinition {
  /** CPUs, as written: `0.5`, `500m`. */
  readonly cpu?: string;
  /** Memory, as written: `300M`, `1Gi`. */
  readonly memory?: string;
}

/**
 * A variable: its value (null where it is declared and left open), with a description where it has one; or that its value is no content, but
 * bound to each app of its own: secret, or generated at install.
 */
export type EnvValue = string | null | DescribedValue | SecretValue | GeneratedValue;

export interface DescribedValue {
  readonly value: string | null;
  readonly description: string;
}

export interface SecretValue {
  readonly secret: true;
  readonly description?: string;
}

export interface GeneratedValue {
  readonly generated: true;
  /** Variables of one install that name the same group have one value. */
  readonly group?: string;
  readonly secret?: true;
  readonly description?: string;
}

export interface PortDefinition {
  /** Whether it can be reached from outside the app. */
  readonly exposed: boolean;
  readonly alias?: string;
  readonly appProtocol?: string;
  /** By `<port>`, `<host ip>:<port>` or `[<IPv6>]:<port>` on the host. */
  readonly published?: Readonly<Record<string, true>>;
}

export type VolumeKind = 'PERSISTENT' | 'EPHEMERAL' | 'BIND' | 'SHARED';

export interface VolumeDefinition {
  readonly kind: VolumeKind;
  /** Of a named volume. */
  readonly name?: string;
  /** Of a bind mount: the path on the host. */
  readonly source?: string;
  readonly size?: string;
  readonly readOnly: boolean;
}

export type ConfigFileDefinition = PlainConfigFile | SecretConfigFile;

export interface PlainConfigFile {
  /** Null where the content is not known: it is named, and was not given. */
  readonly content: string | null;
  /** Octal, such as `0444`. */
  readonly mode?: string;
}

/** Its content is bound to each app of its own. */
export interface SecretConfigFile {
  readonly secret: true;
  readonly mode?: string;
}

export interface DependencyDefinition {
  /** `service_started` where nothing is said. */
  readonly condition: string;
}

export type ProbeKind = 'liveness' | 'readiness' | 'startup';

/** Of `http`, `tcpPort` and `exec` at most one. */
export interface ProbeDefinition {
  readonly http?: { readonly path: string; readonly port: number; readonly scheme: string };
  readonly tcpPort?: number;
  /** The program and its arguments. A shell line is `['/bin/sh', '-c', line]`. */
  readonly exec?: readonly string[];
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly startPeriodSeconds?: number;
}

/** The maps of a definition whose entries are things of several leaves; an entry is never merged in halves. */
export const ENTRY_MAPS = ['ports', 'volumes', 'configFiles', 'dependsOn', 'probes'] as const;

export const DEFAULT_DEPENDENCY_CONDITION = 'service_started';
export const DEFAULT_PROBE_SCHEME = 'HTTP';
