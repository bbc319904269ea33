using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Tests.Crash.Child;

/// <summary>A file of lines, each with the position of its record. What was handed to the system survives the death of the process.</summary>
internal sealed class RecordFile : IDisposable
{
    private readonly FileStream _file;
    private readonly StringBuilder _text = new();
    private long _last = -1;

    /// <summary>Opens the file behind its last complete line: a process that is killed may leave a part of one.</summary>
    public RecordFile(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var tail = new byte[Math.Min(_file.Length, 1 << 16)];
        _file.Seek(-tail.Length, SeekOrigin.End);
        _file.ReadExactly(tail);
        var end = Array.LastIndexOf(tail, (byte)'\n') + 1;
        _file.SetLength(_file.Length - tail.Length + end);
        _file.Seek(0, SeekOrigin.End);
        if (end > 0)
        {
            var start = tail.AsSpan(0, end - 1).LastIndexOf((byte)'\n') + 1;
            var line = Encoding.UTF8.GetString(tail.AsSpan(start, end - start));
            _last = long.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        }
    }

    public void Append(IReadOnlyList<LogRecord> records)
    {
        foreach (var record in records)
        {
            Add(record);
        }

        Write();
    }

    /// <summary>Appends a record unless the file has it: records come in the order of their positions.</summary>
    public void AppendIfNew(LogRecord record)
    {
        if (record.Offset > _last)
        {
            _last = record.Offset;
            Add(record);
            Write();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Add(LogRecord record) => _text.Append(CultureInfo.InvariantCulture, $"{record.Offset} {record.Text}\n");

    private void Write()
    {
        _file.Write(Encoding.UTF8.GetBytes(_text.ToString()));
        _text.Clear();
    }
}
