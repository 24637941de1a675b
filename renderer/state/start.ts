/** Starts what lives as long as the page: the connection, the stream of the training run, the lists. */
import { keepSaved, saveNow } from '../build/autosave.ts'
import { client, connect } from '../client.ts'
import { loadInfo } from './app.ts'
import { useConnection } from './connection.ts'
import { loadDatasets } from './datasets.ts'
import { watchFollows } from './follows.ts'
import { keepTicked } from './keptTicks.ts'
import { followTraining } from './live.ts'
import { complain } from './notices.ts'
import { followAddress } from './pages.ts'
import { followRuns } from './runChanges.ts'
import { loadRuns } from './runs.ts'
import { followSweeps } from './sweeps.ts'

export function startState(): void {
  followAddress()
  useConnection.subscribe((now, before) => {
    if (now.session === before.session) return
    void loadInfo()
    void loadDatasets()
    void loadRuns()
    // What could not be saved while the connection was lost.
    void saveNow()
  })
  keepTicked()
  connect()
  void keepSaved(client.models, complain)
  void followTraining()
  void followSweeps()
  void watchFollows()
  void followRuns(loadRuns)
}
