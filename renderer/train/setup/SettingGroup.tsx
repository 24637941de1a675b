/** Settings under a heading that opens and closes; closed, it says in a line what is not as usual. */
import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useCallback, useState, type ReactNode } from 'react'
import { usePreferences } from '../../state/preferences.ts'
import type { Form } from './form.ts'
import { defaultsOf, isUsual, type Group } from './groups.ts'
import classes from './setup.module.css'

interface SettingGroupProps {
  group: Group
  form: Form
  /** The fields; they tell of wrong values through this form. */
  children: (form: Form) => ReactNode
}

export function SettingGroup({ group, form, children }: SettingGroupProps) {
  const { id, title, changed } = group
  const opened = usePreferences((s) => s.openSettings.includes(id))
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set())
  /** Fields of another round begin anew, without what was typed wrong. */
  const [round, setRound] = useState(0)
  const { mark: markForm } = form
  const mark = useCallback(
    (key: string, bad: boolean) => {
      markForm(key, bad)
      setWrong((before) => withOrWithout(before, key, bad))
    },
    [markForm],
  )
  // What is wrong stays in sight.
  const open = opened || wrong.size > 0
  const words = changed(form.config, form.dataset).join('; ')
  const toggle = (): void => {
    const { openSettings, set } = usePreferences.getState()
    set({ openSettings: open ? openSettings.filter((one) => one !== id) : [...openSettings, id] })
  }
  const reset = (): void => {
    for (const key of wrong) mark(key, false)
    form.change(defaultsOf(group))
    setRound(round + 1)
  }
  return (
    <section className={classes.group} aria-label={title}>
      <div className={classes.groupHead}>
        <UnstyledButton
          className={classes.groupToggle}
          aria-expanded={open}
          onClick={toggle}
          disabled={wrong.size > 0}
        >
          <IconChevronRight size={14} className={classes.chevron} data-open={open || undefined} />
          <span>{title}</span>
          {!open && (
            <span className={classes.summary} title={words}>
              {words || 'as usual'}
            </span>
          )}
        </UnstyledButton>
        {open && (wrong.size > 0 || !isUsual(group, form.config)) && (
          <UnstyledButton className={classes.reset} onClick={reset} aria-label={`Reset ${title}`}>
            Reset
          </UnstyledButton>
        )}
      </div>
      {open && (
        <div className={classes.groupBody} key={round}>
          {children({ ...form, mark })}
        </div>
      )}
    </section>
  )
}

export function withOrWithout(set: ReadonlySet<string>, key: string, present: boolean): ReadonlySet<string> {
  if (set.has(key) === present) return set
  const after = new Set(set)
  if (present) after.add(key)
  else after.delete(key)
  return after
}
