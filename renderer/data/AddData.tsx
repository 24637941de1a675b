/** Ways to bring data in: drop, choose, type a path, or one of the samples that come with Tapedeck. */
import { Button } from '@mantine/core'
import { IconFile, IconFolderOpen, IconUpload } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { SampleSet } from '../../main/common/data/guess.ts'
import { client } from '../client.ts'
import { useApp } from '../state/app.ts'
import { lookAt, useImporting } from '../state/importing.ts'
import { complain } from '../state/notices.ts'
import { clsx } from '../ui/clsx.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { PathForm } from '../ui/PathForm.tsx'
import classes from './AddData.module.css'

interface AddDataProps {
  /** Opens the list of folders and files. */
  onBrowse: () => void
  /** Whether something is held over the page. */
  over: boolean
  /** True while nothing has been imported yet. */
  first: boolean
}

export function AddData({ onBrowse, over, first }: AddDataProps) {
  const [samples, setSamples] = useState<SampleSet[]>([])
  const [path, setPath] = useState('')
  const looking = useImporting((s) => s.looking)
  const refusal = useImporting((s) => s.notUnderstood)
  const native = useApp((s) => s.info?.nativeDialogs ?? false)

  useEffect(() => {
    client.data.samples().then(setSamples, complain)
  }, [])

  const choose = async (what: 'folder' | 'file'): Promise<void> => {
    try {
      const chosen = await client.data.choose({ what })
      if (chosen !== null) await lookAt(chosen)
    } catch (error) {
      complain(error)
    }
  }

  return (
    <div className={classes.page}>
      <div className={classes.column}>
        <h1 className={classes.title}>{first ? 'Start with data' : 'Add data'}</h1>
        <p className={classes.lead}>
          A folder of images with one folder per class, MNIST’s IDX files, texts with a label, a text for a
          language model, or a table. Tapedeck looks first, says what it found, and reads nothing in until you
          agree. Your files stay where they are.
        </p>

        <div className={clsx(classes.drop, over && classes.over)}>
          <IconUpload size={26} stroke={1.4} aria-hidden className={classes.dropIcon} />
          <div className={classes.dropText}>
            {native
              ? 'Drop a folder or a file here, or'
              : 'Folders and files of the machine that Tapedeck runs on'}
          </div>
          <div className={classes.choose}>
            <Button
              leftSection={<IconFolderOpen size={16} />}
              onClick={native ? () => void choose('folder') : onBrowse}
              variant={first ? 'filled' : 'default'}
            >
              {native ? 'Choose a folder…' : 'Choose a folder or file…'}
            </Button>
            {native && (
              <Button
                leftSection={<IconFile size={16} />}
                onClick={() => void choose('file')}
                variant="default"
              >
                Choose a file…
              </Button>
            )}
          </div>
        </div>

        <PathForm
          label="Path of a folder or file"
          placeholder="or type a path: /home/me/photos"
          value={path}
          onChange={setPath}
          action="Look"
          onSubmit={(typed) => void lookAt(typed)}
          busy={looking !== null && looking === path.trim()}
          quiet
        />
        {refusal && (
          <div className={classes.refusal} role="alert">
            <RefusalText {...refusal} />
          </div>
        )}

        {samples.length > 0 && (
          <>
            <h2 className={classes.subtitle}>Or try one of these</h2>
            <ul className={classes.samples}>
              {samples.map((sample) => (
                <li key={sample.id} className={classes.sample}>
                  <b>{sample.title}</b>
                  <span className={classes.sampleText}>{sample.description}</span>
                  <Button
                    variant="default"
                    loading={looking === sample.path}
                    disabled={looking !== null && looking !== sample.path}
                    onClick={() => void lookAt(sample.path)}
                    aria-label={`Use the sample ${sample.title}`}
                  >
                    Use this
                  </Button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}
