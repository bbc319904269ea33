using System.Buffers;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Whole lines of a log, as bytes: the last one may lack its line feed.</summary>
/// <param name="Buffer">Rented from the shared pool.</param>
/// <param name="Start">Where in the buffer the lines begin.</param>
/// <param name="Length">How many bytes they are.</param>
/// <param name="FirstLine">The number of the first line, from 1, over all files.</param>
/// <param name="IsCutOff">Whether this is the beginning of one line that is too long to be kept.</param>
internal readonly record struct LineBlock(byte[] Buffer, int Start, int Length, long FirstLine, bool IsCutOff)
{
    /// <summary>Counts what the lines say, and gives the buffer back.</summary>
    public AccessLogSummary Summarize()
    {
        var summary = new AccessLogSummary();
        var number = FirstLine;
        var rest = Buffer.AsSpan(Start, Length);
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = LogEncoding.Decode(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!IsCutOff && AccessLogParser.TryParse(line, out var entry))
            {
                summary.Add(entry);
            }
            else
            {
                summary.AddMalformed(number, line);
            }

            number++;
        }

        ArrayPool<byte>.Shared.Return(Buffer);
        return summary;
    }
}
