/** The stack of notices in the corner: what was wrong, what to do, and the details one click away. */
import { ActionIcon, Button, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNotices, type Notice } from '../state/notices.ts'
import { clsx } from './clsx.ts'
import classes from './Notices.module.css'

export function Notices() {
  const notices = useNotices((s) => s.notices)
  return (
    <div className={classes.stack} aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </div>
  )
}

/** Good news goes by itself; a refusal stays until it is read. */
const goodNewsStays = 4000
/** Time to think again, where something can be undone. */
const actionStays = 10_000

function NoticeCard({ notice }: { notice: Notice }) {
  const dismiss = useNotices((s) => s.dismiss)
  const bad = notice.tone === 'bad'
  useEffect(() => {
    if (bad) return
    const timer = setTimeout(() => dismiss(notice.id), notice.action ? actionStays : goodNewsStays)
    return () => clearTimeout(timer)
  }, [bad, dismiss, notice.id, notice.action])
  return (
    <div className={clsx(classes.notice, bad && classes.bad)} role={bad ? 'alert' : 'status'}>
      {bad ? (
        <IconAlertTriangle size={18} className={classes.icon} />
      ) : (
        <IconCircleCheck size={18} className={classes.icon} />
      )}
      <div className={classes.body}>
        <RefusalText {...notice} />
      </div>
      {notice.action && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            dismiss(notice.id)
            notice.action?.run()
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <ActionIcon aria-label="Dismiss" size={22} onClick={() => dismiss(notice.id)}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  )
}

/** A refusal in words; also used inside pages, where it belongs to something that is there. */
export function RefusalText(props: {
  what: string
  mend: string
  code: string
  detail?: string | undefined
}) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <div className={classes.what}>{props.what}</div>
      {props.mend !== '' && <div className={classes.mend}>{props.mend}</div>}
      {props.detail !== undefined && props.detail !== '' && (
        <>
          <UnstyledButton
            className={classes.more}
            aria-expanded={open}
            onClick={() => setOpen((value) => !value)}
          >
            {open ? 'Hide details' : 'Details'}
          </UnstyledButton>
          {open && (
            <pre className={classes.detail}>
              {props.code}
              {'\n'}
              {props.detail}
            </pre>
          )}
        </>
      )}
    </>
  )
}
