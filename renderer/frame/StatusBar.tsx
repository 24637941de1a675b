/** The engine, the machine, the workspace and the run, in one line. */
import { describeGpu } from '../../main/common/device.ts'
import type { EngineInfo, Live } from '../../main/common/schemas.ts'
import { useApp } from '../state/app.ts'
import { useConnection } from '../state/connection.ts'
import { isActive, useLive } from '../state/live.ts'
import { SweepStatus } from '../sweep/SweepStatus.tsx'
import { bytes, count, counted } from '../ui/format.ts'
import classes from './App.module.css'

export function StatusBar() {
  const info = useApp((s) => s.info)
  const status = useConnection((s) => s.status)
  const ready = status === 'open' && info !== null
  const failed = ready && info.engine === null
  return (
    <footer className={classes.status}>
      <span role="status">
        <span
          className={classes.dot}
          style={{ background: failed ? 'var(--td-bad)' : ready ? 'var(--td-ok)' : 'var(--td-warn)' }}
          aria-hidden
        />
        {failed
          ? 'engine missing'
          : ready
            ? 'engine ready'
            : status === 'lost'
              ? 'not connected'
              : 'starting'}
      </span>
      {info && (
        <>
          {info.engine && <Machine engine={info.engine} />}
          <RunStatusText />
          <SweepStatus />
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
    const { status, memory } = live
    return isActive(live) ? `${run} · ${memoryText(memory)}` : `${run} · ${status}`
  })
  return <span>{text}</span>
}

/** `engine holds 1.2 GB`, `holds 1.2 GB of 140 GB on NVIDIA H200, 87 % busy` */
function memoryText({ active, gpu }: Live['memory']): string {
  if (!gpu) return `engine holds ${bytes(active)}`
  const busy = gpu.busy === null ? '' : `, ${Math.round(100 * gpu.busy)} % busy`
  return `holds ${bytes(active)} of ${bytes(gpu.total)} on ${gpu.name}${busy}`
}

function Machine({ engine }: { engine: EngineInfo }) {
  return (
    <span title={engine.cuda.device ? describeGpu(engine.cuda.device) : engine.cuda.reason}>
      {engine.cuda.device ? `${engine.cuda.device.name} · ` : 'CPU · '}
      {engine.instructionSet} · {counted(engine.threads, 'thread')}
      {engine.oneDNN === null ? '' : ` · oneDNN ${engine.oneDNN}`}
    </span>
  )
}
