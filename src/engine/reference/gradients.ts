/** Gradients of a scalar by what a layer with weights takes, each in the shape of the value itself. */
export interface WeightedGradients {
  readonly input: Float64Array;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}
