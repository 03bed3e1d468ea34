import type { Node, NodeAPI, NodeDef } from 'node-red';

/** What a node's runtime module exports: it makes the function that Node-RED calls for each node of the type. */
export interface NodeModule<N extends Node, S extends NodeDef> {
  create: (RED: NodeAPI) => (this: N, settings: S) => void;
}

/**
 * Loads a node's runtime with the first node of its type: installed and not used, the collection costs Node-RED's start
 * next to nothing.
 */
export function onFirstUse<N extends Node, S extends NodeDef>(
  RED: NodeAPI,
  load: () => NodeModule<N, S>,
): (this: N, settings: S) => void {
  let start: ReturnType<NodeModule<N, S>['create']> | undefined;
  return function startNode(this: N, settings: S): void {
    start ??= load().create(RED);
    start.call(this, settings);
  };
}
