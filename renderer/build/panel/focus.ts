/** Moving the keyboard between a node and its form. */
export const formId = 'node-form'

/** Puts the keyboard into the first parameter of the selected node; its form is drawn with the next frame. */
export function focusForm(): void {
  requestAnimationFrame(() => {
    const form = document.getElementById(formId)
    const field = form?.querySelector<HTMLInputElement>('[data-parameter]')
    const first = field ?? form?.querySelector<HTMLInputElement>('input')
    first?.focus()
    first?.select?.()
  })
}

export function focusNode(id: string): void {
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus()
}
