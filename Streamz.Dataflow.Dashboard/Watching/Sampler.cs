namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>
/// Reads all pipelines a few times a second, once for all who watch, and only while somebody does: pages as long as they are open, who asks
/// the endpoint for some seconds.
/// </summary>
internal sealed class Sampler : IDisposable
{
    /// <summary>How long the readings go on for one who has asked once, so that the next answer has rates.</summary>
    private static readonly TimeSpan s_interest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Lock _reading = new();
    private readonly TimeProvider _clock;
    private readonly DashboardOptions _options;
    private readonly List<PipelineReader> _readers;
    private readonly HashSet<Watcher> _watchers = [];
    private MetricsListener? _listener;
    private ITimer? _timer;
    private long _askedAt;
    private bool _hasAsked;
    private bool _isDisposed;
    private long _readings;
    private volatile List<PipelineReading> _latest = [];

    public Sampler(IReadOnlyList<WatchedPipeline> pipelines, DashboardOptions options, TimeProvider clock)
    {
        (Pipelines, _options, _clock) = (pipelines, options, clock);
        _readers = [.. pipelines.Select(pipeline => new PipelineReader(pipeline, options.History, clock))];
    }

    public IReadOnlyList<WatchedPipeline> Pipelines { get; }

    /// <summary>What was read last.</summary>
    public IReadOnlyList<PipelineReading> Latest => _latest;

    /// <summary>How often all pipelines were read.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Whether pipelines are being read at the moment.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _timer is not null;
            }
        }
    }

    /// <summary>Has somebody told of each reading.</summary>
    /// <param name="onRead">What to call; quick, and never throws.</param>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(Action onRead)
    {
        var watcher = new Watcher(this, onRead);
        lock (_gate)
        {
            _watchers.Add(watcher);
            Begin();
        }

        ReadIfOld();
        return watcher;
    }

    /// <summary>Answers one who asks now and then.</summary>
    public IReadOnlyList<PipelineReading> Ask()
    {
        lock (_gate)
        {
            _askedAt = _clock.GetTimestamp();
            _hasAsked = true;
            Begin();
        }

        ReadIfOld();
        return _latest;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            // Pages that are being closed may still ask.
            _isDisposed = true;
            _watchers.Clear();
            _hasAsked = false;
            End();
        }
    }

    private void Begin()
    {
        if (_timer is null && !_isDisposed)
        {
            _listener = new MetricsListener(_options.MeasureLatency);
            _latest = [];
            _timer = _clock.CreateTimer(_ => OnTick(), null, _options.Interval, _options.Interval);
        }
    }

    private void End()
    {
        _timer?.Dispose();
        _listener?.Dispose();
        (_timer, _listener) = (null, null);
    }

    private void ReadIfOld()
    {
        if (_latest.Count > 0)
        {
            return;
        }

        lock (_reading)
        {
            if (_latest.Count == 0)
            {
                Read();
            }
        }
    }

    private void OnTick()
    {
        Watcher[] watchers;
        lock (_gate)
        {
            watchers = [.. _watchers];
            if (watchers.Length == 0 && !(_hasAsked && _clock.GetElapsedTime(_askedAt) < s_interest))
            {
                _hasAsked = false;
                End();
                return;
            }
        }

        // A reading that takes longer than the interval is not overtaken by the next.
        if (!_reading.TryEnter())
        {
            return;
        }

        try
        {
            Read();
        }
        finally
        {
            _reading.Exit();
        }

        foreach (var watcher in watchers)
        {
            watcher.OnRead();
        }
    }

    private void Read()
    {
        var listener = _listener;
        _latest = _readers.ConvertAll(reader => reader.Read(listener));
        Interlocked.Increment(ref _readings);
    }

    private sealed class Watcher(Sampler sampler, Action onRead) : IDisposable
    {
        public void OnRead() => onRead();

        public void Dispose()
        {
            lock (sampler._gate)
            {
                sampler._watchers.Remove(this);
            }
        }
    }
}
