/** Ways to bring data in: drop, choose, type a path, or one of the samples that come with Tapedeck. */
import { Button, TextInput } from '@mantine/core'
import { IconFolderOpen, IconUpload } from '@tabler/icons-react'
import { useEffect, useState, type DragEvent } from 'react'
import type { Guess, SampleSet } from '../../main/common/data/guess.ts'
import { client } from '../client.ts'
import { useApp } from '../state/app.ts'
import { complain, explain, useNotices, type ShownRefusal } from '../state/notices.ts'
import { clsx } from '../ui/clsx.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { BrowseModal } from './BrowseModal.tsx'
import classes from './AddData.module.css'

interface AddDataProps {
  onGuess: (guess: Guess) => void
  /** True while nothing has been imported yet. */
  first: boolean
}

export function AddData({ onGuess, first }: AddDataProps) {
  const [samples, setSamples] = useState<SampleSet[]>([])
  const [path, setPath] = useState('')
  const [looking, setLooking] = useState<string | null>(null)
  const [browsing, setBrowsing] = useState(false)
  const [over, setOver] = useState(false)
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null)
  const native = useApp((s) => s.info?.nativeDialogs ?? false)

  useEffect(() => {
    client.data.samples().then(setSamples, complain)
  }, [])

  const look = async (where: string): Promise<void> => {
    if (where === '') return
    setLooking(where)
    setRefusal(null)
    try {
      onGuess(await client.data.inspect({ path: where }))
    } catch (error) {
      setRefusal(explain(error))
    }
    setLooking(null)
  }
  const choose = async (): Promise<void> => {
    if (!native) {
      setBrowsing(true)
      return
    }
    try {
      const chosen = await client.data.choose()
      if (chosen !== null) await look(chosen)
    } catch (error) {
      complain(error)
    }
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (!file) return
    const dropped = window.tapedeckPathOf?.(file) ?? ''
    if (dropped !== '') {
      void look(dropped)
      return
    }
    useNotices.getState().add({
      tone: 'bad',
      code: 'page/no-path',
      what: `A browser does not tell where “${file.name}” lies.`,
      mend: 'Choose it here instead: the list shows the machine that Tapedeck runs on.',
      detail: '',
    })
    setBrowsing(true)
  }

  return (
    <div
      className={classes.page}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={drop}
    >
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
              : 'Choose a folder on the machine that Tapedeck runs on'}
          </div>
          <Button
            leftSection={<IconFolderOpen size={16} />}
            onClick={() => void choose()}
            variant={first ? 'filled' : 'default'}
          >
            Choose a folder…
          </Button>
        </div>

        <form
          className={classes.path}
          onSubmit={(event) => {
            event.preventDefault()
            void look(path.trim())
          }}
        >
          <TextInput
            aria-label="Path of a folder or file"
            placeholder="or type a path: /home/me/photos"
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
            spellCheck={false}
            flex={1}
          />
          <Button
            type="submit"
            variant="default"
            disabled={path.trim() === ''}
            loading={looking === path.trim()}
          >
            Look
          </Button>
        </form>
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
                    onClick={() => void look(sample.path)}
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
      {browsing && (
        <BrowseModal
          onClose={() => setBrowsing(false)}
          onChoose={(chosen) => {
            setBrowsing(false)
            void look(chosen)
          }}
        />
      )}
    </div>
  )
}
