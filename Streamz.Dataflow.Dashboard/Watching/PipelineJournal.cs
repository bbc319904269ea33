using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>Remembers what happened in the runs of a pipeline, whether anybody watches or not: as much as it has room for.</summary>
internal sealed class PipelineJournal(DashboardOptions options, TimeProvider clock) : IRunObserver
{
    private const int LongestText = 500;

    private readonly Ring<JournalEntry> _log = new(options.History);
    private readonly Ring<FailedElementEntry> _failures = new(options.History);
    private readonly HashSet<long> _replayed = [];
    private long _number;

    /// <summary>What happened, the oldest first.</summary>
    public IReadOnlyList<JournalEntry> Log => _log.ToArray();

    /// <summary>The elements that nodes failed on, the oldest first.</summary>
    public IReadOnlyList<FailedElementEntry> Failures => _failures.ToArray();

    /// <summary>Takes a dead letter to be replayed, once.</summary>
    /// <param name="number">Its number.</param>
    /// <returns>The letter; null if it is not kept any more, or was taken before.</returns>
    public FailedElementEntry? TakeForReplay(long number)
    {
        var found = Failures.FirstOrDefault(entry => entry.Number == number && entry.IsKept);
        lock (_replayed)
        {
            return found is not null && _replayed.Add(number) ? found : null;
        }
    }

    /// <summary>A dead letter could not be replayed.</summary>
    public void GiveBack(long number)
    {
        lock (_replayed)
        {
            _replayed.Remove(number);
        }
    }

    /// <summary>Whether a dead letter may be replayed.</summary>
    public bool CanReplay(FailedElementEntry entry)
    {
        lock (_replayed)
        {
            return entry.IsKept && !_replayed.Contains(entry.Number);
        }
    }

    /// <summary>Notes something.</summary>
    public void Note(Severity severity, string text) => _log.Add(new JournalEntry(clock.GetUtcNow(), severity, text));

    public void OnStarted(Task completion)
    {
        Note(Severity.Note, "The pipeline runs.");
        _ = NoteEndAsync(completion);
    }

    public void OnSkipped(string node, Exception failure) =>
        _failures.Add(new FailedElementEntry(Interlocked.Increment(ref _number), clock.GetUtcNow(), null, node, null, TextOf(failure), 1));

    public void OnDeadLettered(DeadLettering letter)
    {
        var isKept = letter.HasElement && options.ControlsPolicy is not null;
        _failures.Add(new FailedElementEntry(
            Interlocked.Increment(ref _number), clock.GetUtcNow(), letter.NodeId, letter.Node, letter.Queue, TextOf(letter.Failure), letter.Attempts)
        {
            IsKept = isKept,
            Element = isKept ? letter.Element : null,
            Text = letter.HasElement && options.ShowElements ? TextOf(letter.Element) : null,
        });
    }

    public void OnEdited(int added, int removed, int changed) =>
        Note(Severity.Note, $"The graph was edited: {added} nodes came, {removed} left, {changed} were set anew.");

    public void OnEditTakenBack(Exception reason) => Note(Severity.Warning, $"An edit was taken back: {TextOf(reason)}");

    private async Task NoteEndAsync(Task completion)
    {
        await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (completion.Exception?.InnerException is { } fault)
        {
            Note(Severity.Error, $"The pipeline has failed: {TextOf(fault)}");
        }
        else
        {
            Note(Severity.Note, "The pipeline has ended.");
        }
    }

    private static string TextOf(Exception failure) => Shorten($"{failure.GetType().Name}: {FailureText.Of(failure)}");

    /// <summary>What an element calls itself. It is the user's code, which may fail.</summary>
    private static string TextOf(object? element)
    {
        try
        {
            return Shorten(element?.ToString() ?? "null");
        }
        catch (Exception failure)
        {
            return $"({element!.GetType().Name}, whose text failed: {failure.GetType().Name})";
        }
    }

    private static string Shorten(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}…";
}
