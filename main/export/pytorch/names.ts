/** Names of Python from ids of a document. */

const keywords =
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'
/** What a module of PyTorch, or the code around it, has already. */
const taken =
  'T_destination add_module apply bfloat16 block buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr float forward get_buffer get_parameter get_submodule half lengths load_state_dict math modules named_buffers named_children named_modules named_parameters nn parameters register_buffer register_module register_parameter requires_grad_ self set_submodule share_memory state_dict super to to_empty torch train training type xpu zero_grad ctx grad'
const reserved = new Set(`${keywords} ${taken}`.split(' '))

/** An identifier for an id, none of `used`, to which it is added. */
export function pythonName(id: string, used: Set<string>): string {
  const plain = id.replace(/@[\w-]+\.(\d+)/g, '_$1').replace(/\W/g, '_')
  const stem = /^\d/.test(plain) ? `layer_${plain}` : reserved.has(plain) ? `${plain}_` : plain
  let name = stem
  for (let count = 2; used.has(name); count++) name = `${stem}_${count}`
  used.add(name)
  return name
}

/** A class for a name that a person gave: `Stage 1, block 2` is `Stage1Block2`. */
export function className(name: string, used: Set<string>): string {
  const words = name.normalize('NFKD').match(/[A-Za-z0-9]+/g) ?? []
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return pythonName(/^[A-Za-z]/.test(joined) ? joined : `Block${joined}`, used)
}

/** What stands behind a line; nothing that would end the comment. */
export const comment = (text: string): string => {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line === '' ? '' : `  # ${line}`
}
