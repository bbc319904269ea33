using Microsoft.Extensions.DependencyInjection;

namespace Streamz.Dataflow.Hosting;

/// <summary>Says more of a pipeline that was added to a host, and adds further ones.</summary>
public sealed class PipelineBuilder : StreamzBuilder
{
    private readonly PipelineRegistration _registration;

    internal PipelineBuilder(IServiceCollection services, PipelineRegistration registration)
        : base(services)
        => _registration = registration;

    /// <summary>
    /// Says that this pipeline emits into others: they start before it, and stop after it has drained, so that what it emits on its last way still lands. May be
    /// called several times; pipelines that depend on one another in a circle are refused when the host starts.
    /// </summary>
    /// <param name="pipelines">The names of the others; they may be added later.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipelines"/> is null.</exception>
    /// <exception cref="ArgumentException">A name is null, empty or blank.</exception>
    public PipelineBuilder DependsOn(params string[] pipelines)
    {
        ArgumentNullException.ThrowIfNull(pipelines);
        foreach (var name in pipelines)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(pipelines));
            _registration.Dependencies.Add(name);
        }

        return this;
    }

    /// <summary>Says what the host does when the pipeline fails. Without it, it stops.</summary>
    /// <param name="behavior">What it does.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="behavior"/> is no <see cref="PipelineFaultBehavior"/>.</exception>
    public PipelineBuilder OnFault(PipelineFaultBehavior behavior)
    {
        if (!Enum.IsDefined(behavior))
        {
            throw new ArgumentOutOfRangeException(nameof(behavior), behavior, $"{(int)behavior} is no {nameof(PipelineFaultBehavior)}. Use StopHost, Restart or Ignore.");
        }

        _registration.FaultBehavior = behavior;
        return this;
    }

    /// <summary>Has the pipeline started again when it has failed, after a time that grows from failure to failure.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">A value of <paramref name="options"/> is out of its range.</exception>
    public PipelineBuilder RestartOnFault(PipelineRestartOptions? options = null)
    {
        var restart = options ?? new PipelineRestartOptions();
        var errors = restart.Validate().ToList();
        if (errors.Count > 0)
        {
            throw new ArgumentException($"'{_registration.Name}' cannot be restarted like that: {string.Join(" ", errors)}", nameof(options));
        }

        _registration.FaultBehavior = PipelineFaultBehavior.Restart;
        _registration.Restart = restart;
        return this;
    }

    /// <summary>
    /// Limits how long the pipeline drains when the host stops; what is left then is abandoned, and counted in the log. Without it, it drains until the shutdown
    /// timeout of the host (<c>HostOptions.ShutdownTimeout</c>, 30 seconds by default) is over, which is a limit in any case.
    /// </summary>
    /// <param name="timeout">How long, by the clock of the services; not negative.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative.</exception>
    public PipelineBuilder DrainWithin(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _registration.DrainTimeout = timeout;
        return this;
    }
}
