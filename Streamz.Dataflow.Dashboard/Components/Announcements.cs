namespace Streamz.Dataflow.Dashboard.Components;

/// <summary>What is told to those who do not see a pipeline: that something has changed, and not more often than one can listen to.</summary>
internal sealed class Announcements
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private PipelineStatus? _told;

    /// <summary>What there is to tell of a reading.</summary>
    /// <param name="status">The reading. Of the first nothing is told: the page has it.</param>
    /// <returns>Sentences; <see langword="null"/> if there is nothing new, or it is too early for it.</returns>
    public string? Next(PipelineStatus status)
    {
        if (_told is not { } told)
        {
            _told = status;
            return null;
        }

        if (status.At - told.At < s_pause)
        {
            return null;
        }

        var news = string.Join(' ', NewsOf(told, status));
        if (news.Length == 0)
        {
            return null;
        }

        _told = status;
        return news;
    }

    private static IEnumerable<string> NewsOf(PipelineStatus told, PipelineStatus now)
    {
        if (now.State != told.State)
        {
            yield return $"The pipeline is {now.State.ToLowerInvariant()}.";
        }

        if (now.Fault is { } fault && (fault != told.Fault || now.Restarts != told.Restarts))
        {
            yield return $"It has failed: {fault}";
        }

        var slow = BottlenecksOf(now);
        if (slow != BottlenecksOf(told))
        {
            yield return slow.Length == 0 ? "There is no bottleneck any more." : $"Bottleneck: {slow}.";
        }

        // The pipeline counts from zero when it is started again.
        var failed = now.Failed - (now.Failed < told.Failed ? 0 : told.Failed);
        if (failed > 0)
        {
            yield return failed == 1 ? "One more element has failed." : $"{Format.Count(failed)} more elements have failed.";
        }
    }

    private static string BottlenecksOf(PipelineStatus status) => string.Join(", ", status.Nodes.Where(node => node.IsBottleneck).Select(node => node.Name));
}
