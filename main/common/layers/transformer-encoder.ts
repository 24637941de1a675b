import { transformerBlock } from './transformer.ts'

export const transformerEncoder = transformerBlock({
  kind: 'transformer-encoder',
  title: 'Transformer encoder',
  help: 'One block: every step looks at every other (self-attention), then passes through a small network of its own; both only add to what was there. Put several in a row, with Positions before the first.',
  formula: 'x ← x + Attention(Norm(x));  x ← x + W₂ gelu(W₁ Norm(x) + b₁) + b₂',
  keywords: ['block', 'attention', 'bert', 'layer'],
  fields: [],
  causal: false,
  readsMemory: () => false,
})
