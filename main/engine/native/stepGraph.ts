/** Entry points of native/src/node/step_graph.cpp; graphs are numbers. */
export interface StepGraphNative {
  stepGraph(device: number): number
  stepGraphBegin(id: number): void
  stepGraphEnd(id: number): void
  stepGraphAbandon(id: number): void
  stepGraphReplay(id: number): void
  stepGraphDispose(id: number): void
}
