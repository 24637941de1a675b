/** The engine, the machine, the workspace and the run, in one line. */
import { useApp } from '../state/app.ts'
import { useConnection } from '../state/connection.ts'
import { isActive, useLive } from '../state/live.ts'
import { bytes, count, counted } from '../ui/format.ts'
import classes from './App.module.css'

export function StatusBar() {
  const info = useApp((s) => s.info)
  const status = useConnection((s) => s.status)
  const ready = status === 'open' && info !== null
  return (
    <footer className={classes.status}>
      <span role="status">
        <span
          className={classes.dot}
          style={{ background: ready ? 'var(--td-ok)' : 'var(--td-warn)' }}
          aria-hidden
        />
        {ready ? 'engine ready' : status === 'lost' ? 'not connected' : 'starting'}
      </span>
      {info && (
        <>
          <span title={info.engine.cuda.reason}>
            {info.engine.cuda.available ? 'CUDA · ' : 'CPU · '}
            {info.engine.instructionSet} · {counted(info.engine.threads, 'thread')}
            {info.engine.oneDNN === null ? '' : ` · oneDNN ${info.engine.oneDNN}`}
          </span>
          <RunStatusText />
          <span className={classes.fill} title={info.workspace} style={{ direction: 'rtl' }}>
            <bdi>{info.workspace}</bdi>
          </span>
          <span>Tapedeck {info.version}</span>
        </>
      )}
    </footer>
  )
}

function RunStatusText() {
  const text = useLive(({ live }) => {
    if (!live) return 'no run yet'
    const run = `run ${live.runId} · step ${count(live.step)}`
    return isActive(live) ? `${run} · engine holds ${bytes(live.memory.active)}` : `${run} · ${live.status}`
  })
  return <span>{text}</span>
}
