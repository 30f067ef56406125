import { isAlias, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { limits } from '../domain/limits.ts';
import { createPlaces, keyOf, type PlaceIndex } from './places.ts';
import type { Path, YamlFault } from './problem.ts';
import { type Environment, substitute } from './substitute.ts';

export interface PlainValueOptions {
  readonly root: unknown;
  readonly env: Environment;
  readonly index: PlaceIndex;
}

interface Walk extends PlainValueOptions {
  readonly anchors: Map<string, unknown>;
  readonly faults: YamlFault[];
  nodesLeft: number;
}

interface Spot {
  readonly path: Path;
  /** Where to point when the node itself has no place in the text. */
  readonly offset: number;
  /** Grows along aliases too, so that one inside of its own anchor ends. */
  readonly depth: number;
}

const reservedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Turns nodes into plain data, follows aliases up to a limit, fills in variables and remembers where all of it stands. */
export function toPlainValue(options: PlainValueOptions): { value: unknown; faults: readonly YamlFault[] } {
  const walk: Walk = { ...options, anchors: new Map(), faults: [], nodesLeft: limits.maxConfigNodes };
  const value = convert(walk, options.root, { path: [], offset: 0, depth: 0 });
  if (walk.nodesLeft >= 0) return { value, faults: walk.faults };
  const reason = `the file has more than ${limits.maxConfigNodes} values`;
  return { value: undefined, faults: [{ path: [], reason, offset: 0 }] };
}

function convert(walk: Walk, node: unknown, spot: Spot): unknown {
  walk.nodesLeft -= 1;
  if (walk.nodesLeft < 0) return null;
  const here = { ...spot, offset: offsetOf(node) ?? spot.offset };
  walk.index.values.set(keyOf(here.path), here.offset);
  if (here.depth > limits.maxConfigDepth) {
    return fault(walk, here, `is nested more than ${limits.maxConfigDepth} levels deep`);
  }
  if (isAlias(node)) {
    if (!walk.anchors.has(node.source)) return fault(walk, here, 'there is no such anchor before this alias');
    return followAlias(walk, walk.anchors.get(node.source), here);
  }
  rememberAnchor(walk, node);
  if (isMap(node)) return convertMap(walk, node, here);
  if (isSeq(node)) return convertSeq(walk, node, here);
  return isScalar(node) ? convertScalar(walk, node.value, here) : null;
}

/** What an alias brings in is told at the alias: there it can be mended. */
function followAlias(walk: Walk, target: unknown, here: Spot): unknown {
  const value = convert(walk, target, { ...here, depth: here.depth + 1 });
  walk.index.values.set(keyOf(here.path), here.offset);
  return value;
}

function rememberAnchor(walk: Walk, node: unknown): void {
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) walk.anchors.set(node.anchor, node);
}

function convertMap(walk: Walk, map: YAMLMap, here: Spot): unknown {
  const result: Record<string, unknown> = Object.create(null);
  for (const { key, value } of map.items) {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
    const offset = offsetOf(key) ?? here.offset;
    if (name === undefined) {
      fault(walk, { ...here, offset }, 'a key must be a plain name');
      continue;
    }
    if (value === null) {
      // Most often the rest of an unquoted text with a comma in it, which may be a secret: it is not named.
      fault(walk, { ...here, offset }, 'a key has no colon and value; texts with a comma need quotes');
      continue;
    }
    const spot = { path: [...here.path, name], offset, depth: here.depth + 1 };
    const reason = keyReason(walk, result, spot.path);
    if (reason !== undefined) {
      fault(walk, spot, reason);
      continue;
    }
    walk.index.keys.set(keyOf(spot.path), offset);
    result[name] = convert(walk, value, spot);
  }
  return result;
}

function keyReason(walk: Walk, seen: Record<string, unknown>, path: Path): string | undefined {
  const name = String(path.at(-1));
  if (reservedKeys.has(name)) return 'this name is reserved';
  if (!isStorable(name)) return 'the name has a character that cannot be stored';
  if (Object.hasOwn(seen, name))
    return `stands twice, first on line ${createPlaces(walk.index).ofKey(path).line}`;
  return undefined;
}

function convertSeq(walk: Walk, seq: YAMLSeq, here: Spot): unknown {
  const result: unknown[] = [];
  for (const [index, item] of seq.items.entries()) {
    if (walk.nodesLeft < 0) break;
    result.push(convert(walk, item, { ...here, path: [...here.path, index], depth: here.depth + 1 }));
  }
  return result;
}

function convertScalar(walk: Walk, value: unknown, here: Spot): unknown {
  if (typeof value !== 'string') return value;
  const { text, changed, fault: reason } = substitute(value, walk.env);
  if (reason !== undefined) return fault(walk, here, reason);
  if (!isStorable(text))
    return fault(walk, here, 'has a character that cannot be stored (NUL or half a pair)');
  if (changed) walk.index.substituted.add(keyOf(here.path));
  return text;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function fault(walk: Walk, { path, offset }: Spot, reason: string): null {
  walk.faults.push({ path, reason, offset });
  return null;
}

function offsetOf(node: unknown): number | undefined {
  if (!isAlias(node) && !isMap(node) && !isSeq(node) && !isScalar(node)) return undefined;
  return node.range?.[0];
}
