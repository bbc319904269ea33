using System.Diagnostics.CodeAnalysis;
using MQTTnet;
using MQTTnet.Exceptions;

namespace Streamz.Dataflow;

/// <summary>One connection to a broker. Every wait for the broker has an end: MQTTnet alone waits for ever in some.</summary>
/// <remarks>
/// It lets a request wait that was made just after it had told all others that the connection is gone, and a closing wait for itself if the
/// first packet is one that closes. So a request here ends with the connection, and at the latest after the <c>Timeout</c> of the options.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no handle; what MQTTnet tells late must still find it.")]
internal sealed class MqttConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_longestGoodbye = TimeSpan.FromSeconds(5);
    private static readonly MqttClientFactory s_factory = new();

    private readonly IMqttClient _client = s_factory.CreateMqttClient();
    private readonly CancellationTokenSource _gone = new();
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _clock;
    private volatile bool _hasBegun;
    private volatile bool _isUsable;

    /// <param name="options">Where and as whom to connect.</param>
    /// <param name="clock">What the limits of the waits are measured by.</param>
    /// <param name="onReceived">Is given each message; it must not wait, for MQTTnet closes only after it.</param>
    public MqttConnection(MqttClientOptions options, TimeProvider clock, Action<MqttApplicationMessageReceivedEventArgs>? onReceived = null)
    {
        (_options, _clock) = (options, clock);
        _client.DisconnectedAsync += OnDisconnectedAsync;
        _client.ConnectingAsync += _ =>
        {
            // From here on MQTTnet tells the end; options that it refuses before have none.
            _hasBegun = true;
            return Task.CompletedTask;
        };
        if (onReceived is not null)
        {
            _client.ApplicationMessageReceivedAsync += received =>
            {
                onReceived(received);
                return Task.CompletedTask;
            };
        }
    }

    /// <summary>Whether the broker has accepted the connection, however it went on.</summary>
    public bool WasAccepted { get; private set; }

    /// <summary>Whether the connection stands, as far as is known.</summary>
    public bool IsUsable => _isUsable && _client.IsConnected;

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Why the connection ended, if that is known.</summary>
    public Exception? Loss { get; private set; }

    private string Broker => BrokerOf(_options);

    /// <summary>Where a client connects to, for errors and labels.</summary>
    public static string BrokerOf(MqttClientOptions options) => options.ChannelOptions?.ToString() ?? "";

    /// <summary>Connects, or throws: MQTTnet itself reports a refusal as a result.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        var result = await RequestAsync((client, limit) => client.ConnectAsync(_options, limit), "accepted the connection", cancellation).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new MqttCommunicationException($"The broker {Broker} refused the connection: {result.ResultCode}. {result.ReasonString}");
        }

        (WasAccepted, _isUsable) = (true, true);
    }

    /// <summary>Asks the broker for something.</summary>
    /// <typeparam name="TResult">The type of its answer.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="what">What the broker has done when it has answered, for errors.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="MqttCommunicationException">The connection broke before the answer, or the time was over.</exception>
    public async Task<TResult> RequestAsync<TResult>(Func<IMqttClient, CancellationToken, Task<TResult>> request, string what, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation, WasAccepted ? Gone : CancellationToken.None);
        try
        {
            return await request(_client, any.Token).WaitAsync(any.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException($"Cancelled before the broker {Broker} had {what}.", failure, cancellation);
        }
        catch (Exception failure) when (limit.IsCancellationRequested)
        {
            _isUsable = false;
            throw new MqttCommunicationException($"The broker {Broker} has not {what} within {_options.Timeout}, the Timeout of the client's options.", failure);
        }
        catch (Exception failure) when (WasAccepted && failure is not (MqttProtocolViolationException or NotSupportedException))
        {
            // Whatever MQTTnet throws when its parts are gone, also a NullReferenceException.
            _isUsable = false;
            throw new MqttCommunicationException($"The connection to the broker {Broker} broke before it had {what}.", Loss ?? failure);
        }
    }

    /// <summary>Acknowledges a message. That this fails is no matter: the broker gives the message again, if it kept the session.</summary>
    public async Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs received, CancellationToken cancellation)
    {
        // An acknowledgement that the network takes at once is sent also when the pipeline has just been told to stop.
        await SendAsync().WaitAsync(_options.Timeout, _clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task SendAsync()
        {
            if (IsUsable)
            {
                await received.AcknowledgeAsync(Gone).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says goodbye to the broker, if it is still there, and ends the connection.</summary>
    public async Task LeaveAsync(MqttClientDisconnectOptionsReason reason)
    {
        _isUsable = false;
        using (var limit = new CancellationTokenSource(s_longestGoodbye, _clock))
        {
            try
            {
                await _client.DisconnectAsync(new MqttClientDisconnectOptions { Reason = reason }, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Gone already, or it takes no goodbye.
            }

            if (_hasBegun)
            {
                // What MQTTnet clears away itself must not be disposed of meanwhile.
                var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (Gone.Register(gone.SetResult).ConfigureAwait(false))
                {
                    await gone.Task.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }

        try
        {
            _client.Dispose();
        }
        catch (Exception) when (!Gone.IsCancellationRequested)
        {
            // MQTTnet has not come to the end of its own closing.
        }
    }

    public async ValueTask DisposeAsync() => await LeaveAsync(MqttClientDisconnectOptionsReason.NormalDisconnection).ConfigureAwait(false);

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs ended)
    {
        _isUsable = false;
        Loss = ended.Exception ?? new MqttCommunicationException(
            ended.Reason == MqttClientDisconnectReason.NormalDisconnection
                ? $"The broker {Broker} ended the connection without a word."
                : $"The broker {Broker} ended the connection: {ended.Reason}. {ended.ReasonString}");
        return _gone.CancelAsync();
    }
}
